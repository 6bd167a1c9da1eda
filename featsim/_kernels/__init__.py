"""Compiled kernels: plain arrays in, an ``out`` filled."""
