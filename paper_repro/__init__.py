"""The network experiments of the DASH paper, on torchvision's models and datasets."""
