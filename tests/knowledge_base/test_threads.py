"""Whatever the machine, the numeric libraries work with one thread."""

import subprocess
import sys

_PROGRAM = """
import faiss, numpy, scipy.linalg, sklearn.linear_model, torch
from threadpoolctl import threadpool_info
from knowledge_base.threads import use_one_thread
use_one_thread()
print(max([torch.get_num_threads(), *(library["num_threads"] for library in threadpool_info())]))
"""


def test_all_libraries_work_with_one_thread() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
