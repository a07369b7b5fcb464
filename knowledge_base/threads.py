"""One thread for all numeric libraries, so that sums, and with them decisions, do not depend on the number of cores."""

import os

import torch
from threadpoolctl import threadpool_limits

_READ_WHEN_LOADED = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def use_one_thread() -> None:
    """From now on, in this process and those it starts, for what is loaded and what will be.

    Several threads would be no faster for one question at a time.
    """
    for name in _READ_WHEN_LOADED:
        os.environ[name] = "1"
    torch.set_num_threads(1)
    threadpool_limits(limits=1)
