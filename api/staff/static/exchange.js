"use strict";

// Show how far an import is, and the next page when it is through. Without this script the page loads itself again.
const progress = document.getElementById("progress");
if (progress) {
  const bar = progress.querySelector("progress");
  const line = progress.querySelector("[data-line]");
  const look = async () => {
    try {
      const response = await fetch(progress.dataset.job, { headers: { Accept: "application/json" } });
      if (!response.ok) return window.location.reload();
      const state = await response.json();
      if (!state.works || state.stage !== progress.dataset.stage) return window.location.reload();
      line.textContent = state.total ? `${state.done} / ${state.total}` : `${state.done}`;
      if (state.total) {
        bar.max = state.total;
        bar.value = state.done;
      }
    } catch {
      line.textContent = line.dataset.offline;
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
}
