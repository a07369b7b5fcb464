"use strict";

// Follow long work: ask how far it is, and show the page anew when it has ended.
const job = document.querySelector("[data-job]");
if (job) {
  const bar = job.querySelector("progress");
  const said = job.querySelector("[data-percent]");
  const look = async () => {
    try {
      const response = await fetch(job.dataset.job, { headers: { accept: "application/json" } });
      const state = await response.json();
      if (!response.ok || state.finished) {
        window.location.reload();
        return;
      }
      bar.value = state.percent;
      said.textContent = `${state.percent}%`;
    } catch {
      // The network may be back the next time.
    }
    window.setTimeout(look, 1000);
  };
  window.setTimeout(look, 500);
}
