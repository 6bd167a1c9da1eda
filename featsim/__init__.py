"""Simulate the discrete feature-learning framework of warm, cold and ideal starts, and apply DASH.

The framework is that of Shin, Oh, Cho and Yun, "DASH: Warm-Starting Neural Network Training in
Stationary Settings without Loss of Plasticity", NeurIPS 2024, arXiv 2410.23495. The public names
are listed in the stub beside this file and imported at their first use.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
