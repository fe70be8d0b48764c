// Runs in a world of its own before the page's scripts: watches paint and layout shifts.
// LCP: the last candidate before any input. CLS: the largest session window, in which shifts
// are at most 1 s apart and which lasts at most 5 s (the published definitions of both).
(() => {
  if (window !== window.top || globalThis.chisoWatch) return;
  const seen = { lcp: null, cls: 0 };
  globalThis.chisoWatch = seen;
  // A paint is told of a moment after it happened: two frames are let pass, and a page of which
  // no paint is known yet gets a second.
  globalThis.chisoFigures = async () => {
    const pause = (ms) => new Promise((done) => setTimeout(done, ms));
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    await Promise.race([frame().then(frame), pause(1000)]);
    for (let turn = 0; turn < 20 && seen.lcp === null; turn++) await pause(50);
    flush.forEach((each) => each());
    return seen;
  };
  let sum = 0, first = 0, last = 0;
  const flush = [];
  const observe = (type, each) => {
    try {
      const observer = new PerformanceObserver((list) => list.getEntries().forEach(each));
      observer.observe({ type, buffered: true });
      flush.push(() => observer.takeRecords().forEach(each));
    } catch {
      seen[type] = "not observable";
    }
  };
  observe("largest-contentful-paint", (entry) => { seen.lcp = entry.startTime; });
  observe("layout-shift", (entry) => {
    // `hadRecentInput` is not asked: nobody touches the page, but Chromium takes the emulated size
    // of the screen for a change by the reader and marks all of the first half second.
    if (entry.startTime - last > 1000 || entry.startTime - first > 5000) {
      sum = 0;
      first = entry.startTime;
    }
    last = entry.startTime;
    sum += entry.value;
    seen.cls = Math.max(seen.cls, sum);
  });
})();
