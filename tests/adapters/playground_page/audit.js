// Checks of our own on the rendered page; each answers a list of findings, empty when all is well.
() => {
  const shown = (node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && node.getClientRects().length > 0;
  const hiddenFromAll = (node) => node.closest(".visually-hidden, [aria-hidden=true]");
  const describe = (node) => `${node.nodeName.toLowerCase()}.${node.getAttribute("class") ?? ""} “${(node.textContent || "").trim().slice(0, 30)}”`;

  const rgba = (text) => {
    const canvas = (rgba.canvas ??= Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true }));
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], [r2, g2, b2]) => [r * a + r2 * (1 - a), g * a + g2 * (1 - a), b * a + b2 * (1 - a), 1];
  const ground = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] > 0) layers.push(color);
      if (color[3] === 1) break;
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ratio = (one, other) => {
    const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };

  const findings = [];
  let texts = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !shown(node) || node.closest(".visually-hidden, .skip, .emoji, .snooze, .squares, noscript, script, option")) continue;
    const style = getComputedStyle(node);
    const below = ground(node);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
    const found = ratio(over(rgba(style.color), below), below);
    texts += 1;
    if (found < (large ? 3 : 4.5)) findings.push(`contrast ${found.toFixed(2)}: ${describe(node)}`);
  }

  for (const node of document.querySelectorAll("input:not([type=radio], [type=checkbox]), select, textarea, button.button:not(.primary), .composer-line")) {
    if (!shown(node) || node.id === "say") continue;
    const found = ratio(rgba(getComputedStyle(node).borderTopColor), ground(node.parentElement));
    if (found < 3) findings.push(`edge ${found.toFixed(2)}: ${describe(node)}`);
  }

  const controls = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [role=option], [role=menuitem]")].filter((node) => shown(node) && !node.closest(".visually-hidden"));
  for (const node of controls) {
    const box = node.getBoundingClientRect();
    const inText = node.nodeName === "A" && !node.classList.contains("button");
    const label = node.closest("label")?.getBoundingClientRect();
    const [width, height] = [Math.max(box.width, label?.width ?? 0), Math.max(box.height, label?.height ?? 0)];
    if (!inText && (width < 24 || height < 24) && !node.matches(".skip")) findings.push(`target ${Math.round(width)}×${Math.round(height)}: ${describe(node)}`);
    const named = node.getAttribute("aria-label") || node.labels?.[0]?.textContent || node.textContent || node.title;
    if (!named?.trim()) findings.push(`no name: ${describe(node)} ${node.id}`);
  }

  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index))) findings.push(`id twice: ${id}`);
  for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls", "aria-activedescendant", "for"]) {
    for (const node of document.querySelectorAll(`[${attribute}]`)) {
      if (hiddenFromAll(node) || !shown(node)) continue;
      for (const id of node.getAttribute(attribute).split(" ")) if (!document.getElementById(id)) findings.push(`${attribute} leads nowhere: ${describe(node)} ${id}`);
    }
  }
  for (const node of document.querySelectorAll("img:not([alt]), svg:not([aria-hidden], [role=img])")) findings.push(`picture without words: ${describe(node)}`);
  for (const node of document.querySelectorAll("[role=img]:not([aria-label], [aria-labelledby])")) findings.push(`no label: ${describe(node)}`);
  for (const node of document.querySelectorAll("[aria-hidden=true] :is(a, button, input, select, textarea)")) findings.push(`focus in hidden: ${describe(node)}`);
  for (const node of document.querySelectorAll("li")) if (!node.closest("ul, ol")) findings.push(`li without a list: ${describe(node)}`);
  for (const node of document.querySelectorAll("ul, ol")) if ([...node.children].some((child) => child.nodeName !== "LI")) findings.push(`list with other children: ${describe(node)}`);
  for (const [landmark, count] of [["main", 1], ["header", 1], ["aside", 1], ["h1", 1]]) {
    if (document.querySelectorAll(landmark).length !== count) findings.push(`${landmark}: not once`);
  }
  const landmarks = [...document.querySelectorAll("nav")].filter(shown).map((node) => node.getAttribute("aria-label"));
  if (new Set(landmarks).size !== landmarks.length || landmarks.includes(null)) findings.push(`nav: ${landmarks.join()}`);
  let level = 0;
  for (const node of document.querySelectorAll("h1, h2, h3, h4")) {
    if (!shown(node) && !node.closest(".visually-hidden")) continue;
    const next = Number(node.nodeName[1]);
    if (next > level + 1) findings.push(`heading jumps to ${next}: ${describe(node)}`);
    level = next;
  }
  if (!document.documentElement.lang || !document.title) findings.push("no language or title");
  if (document.documentElement.scrollWidth > innerWidth) findings.push(`scrolls sideways: ${document.documentElement.scrollWidth} > ${innerWidth}`);
  for (const node of document.querySelectorAll("#top *, #main *, #panel.open *")) {
    const box = node.getBoundingClientRect();
    if (shown(node) && !node.closest(".visually-hidden, .brand h1, svg") && (box.right > innerWidth + 1 || box.left < -1)) findings.push(`outside the screen: ${describe(node)}`);
  }
  if (texts < 20) findings.push(`only ${texts} texts were looked at`);
  return findings;
}
