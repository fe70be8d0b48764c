// The facts of a loaded page. Getters are taken from the prototypes, because a page may hide
// them behind elements named "title", "action" or "documentElement".
((most) => {
  const get = (type, name, of) => Object.getOwnPropertyDescriptor(type.prototype, name).get.call(of);
  const all = (selector) => Document.prototype.querySelectorAll.call(document, selector);
  const attribute = (element, name) => Element.prototype.getAttribute.call(element, name);
  const root = get(Document, "documentElement", document);
  const viewport = [...all("meta[name=viewport i]")].pop();
  const insecure = [];
  if (location.protocol === "https:") {
    for (const form of [...all("form[action]")].slice(0, 200)) {
      try {
        const url = new URL(attribute(form, "action"), get(Node, "baseURI", form));
        if (url.protocol === "http:") insecure.push(url.href.slice(0, 500));
      } catch {
        continue;
      }
    }
  }
  return {
    url: location.href.slice(0, 4096),
    title: get(Document, "title", document).slice(0, 500),
    language: root ? (attribute(root, "lang") ?? "").slice(0, 50) : "",
    viewport: viewport ? (attribute(viewport, "content") ?? "").slice(0, 300) : null,
    insecure: insecure.slice(0, 20),
    html: root ? get(Element, "outerHTML", root).slice(0, most) : "",
    doctype: get(Document, "doctype", document) !== null,
  };
})
