// How wide the content is that a reader can scroll to, and which elements stick out.
// Content that the page itself cuts off (overflow hidden or clip) cannot be scrolled to.
(async (width, tell) => {
  const get = (type, name, of) => Object.getOwnPropertyDescriptor(type.prototype, name).get.call(of);
  const root = get(Document, "documentElement", document);
  const body = get(Document, "body", document);
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const style = (element) => getComputedStyle(element);
  const cuts = (element) => /hidden|clip/.test(style(element).overflowX);
  const measure = () => {
    if (!root) return width;
    // The viewport takes its overflow from body where html has none (CSS Overflow, section 3.3).
    const cut = cuts(root) || (body && style(root).overflowX === "visible" && cuts(body));
    return cut ? Math.max(width, root.clientWidth) : root.scrollWidth;
  };
  await Promise.race([new Promise((d) => requestAnimationFrame(() => requestAnimationFrame(d))), pause(250)]);
  let content = measure();
  // Sliders and tables often follow a change of size by script, a moment later. At the width at
  // which the page was loaded there was no change (`tell` is set after one).
  for (let turn = 0; turn < (tell ? 4 : 0) && content > width; turn++) {
    await pause(150);
    content = Math.min(content, measure());
  }
  const wide = [];
  if (tell && content > width) {
    const end = width + 1;
    const name = (element) => {
      const parts = [];
      for (let at = element; at && at !== root && parts.length < 4; at = at.parentElement) {
        const id = Element.prototype.getAttribute.call(at, "id");
        const tag = at.localName.slice(0, 40);
        if (id && /^[\w-]{1,60}$/.test(id)) { parts.unshift(`${tag}#${id}`); break; }
        const [group] = [...at.classList].filter((one) => /^[\w-]{1,60}$/.test(one));
        parts.unshift(group ? `${tag}.${group}` : tag);
      }
      return parts.join(" > ").slice(0, 200);
    };
    const out = new Set();
    let count = 0;
    const walk = document.createTreeWalker(body ?? root, NodeFilter.SHOW_ELEMENT);
    for (let at = walk.nextNode(); at && count < 5000; at = walk.nextNode(), count++) {
      const box = Element.prototype.getBoundingClientRect.call(at);
      if (!box.width || !box.height || box.right + scrollX <= end) continue;
      let held = false;
      for (let up = at.parentElement; up && up !== body && !held; up = up.parentElement)
        held = style(up).overflowX !== "visible";
      if (!held) out.add(at);
    }
    // The innermost ones: what is wide because of a child is not the cause.
    const causes = [...out].filter((one) => ![...one.children].some((child) => out.has(child)));
    for (const one of causes) {
      const text = name(one);
      if (text && !wide.includes(text)) wide.push(text);
      if (wide.length === 5) break;
    }
  }
  return { content: Math.round(content), wide };
})
