// Runs axe-core, which stands above this text, over the page and keeps what the record has room for.
(async (tags) => {
  const found = await axe.run(document, {
    runOnly: { type: "tag", values: tags },
    resultTypes: ["violations"],
    preload: false,
    iframes: false,
  });
  const one = (rule) => ({
    id: rule.id,
    impact: rule.impact ?? "",
    help: rule.help.slice(0, 300),
    tags: rule.tags.slice(0, 30),
    nodes: rule.nodes.length,
    selectors: rule.nodes.slice(0, 5).map((node) => node.target.flat(3).join(" ").slice(0, 300)),
    html: rule.nodes.slice(0, 5).map((node) => String(node.html).slice(0, 300)),
  });
  return {
    version: axe.version,
    violations: found.violations.map(one),
    passes: found.passes.length,
    incomplete: found.incomplete.length,
  };
})
