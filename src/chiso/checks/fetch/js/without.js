// Runs in the page's own world before its scripts, in every frame: peer connections do not exist.
// The browser lets no UDP out for them, but only preparing one would already join a multicast
// group on the local network (for names of mDNS).
for (const name of Object.getOwnPropertyNames(window))
  if (/^(webkit)?RTC/.test(name)) delete window[name];
