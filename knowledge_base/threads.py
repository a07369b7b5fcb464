"""One thread for all numeric libraries, so that sums, and with them decisions, do not depend on the number of cores."""

import torch
from threadpoolctl import threadpool_limits


def use_one_thread() -> None:
    """From now on, in this process. Several threads would be no faster for one question at a time."""
    torch.set_num_threads(1)
    threadpool_limits(limits=1)
