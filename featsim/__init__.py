"""Simulate the discrete feature-learning framework of warm, cold and ideal starts, and apply DASH.

The framework is that of Shin, Oh, Cho and Yun, "DASH: Warm-Starting Neural Network Training in
Stationary Settings without Loss of Plasticity", NeurIPS 2024, arXiv 2410.23495.
"""

__version__ = "0.1.0"
