// What the tests of anchoring ask a page, independent of the code under test.
globalThis.probe = (() => {
  /** Never selected by a reader, or not laid out as text. */
  const LEFT_OUT =
    "script,style,noscript,template,textarea,select,input,iframe,object,video,audio,canvas,progress," +
    "meter,rt,rp,svg title,svg desc,svg defs,[aria-hidden=true]";
  const INLINE = /^(inline|contents|ruby|ruby-text|ruby-base)$/;

  /** A pseudo-random sequence in [0, 1) (mulberry32), the same for the same seed. */
  const sequence = (seed) => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };

  /** The element in which a node is shown. */
  const around = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host;

  const blockOf = (node) => {
    let element = around(node);
    while (around(element) && INLINE.test(getComputedStyle(element).display)) element = around(element);
    return element;
  };

  /** Every node in the order in which readers see it: shadow roots and slots resolved. */
  const shown = (node) => {
    const slotted = node.assignedNodes?.() ?? [];
    const children = slotted.length ? slotted : (node.shadowRoot ?? node).childNodes;
    return [node, ...[...children].flatMap(shown)];
  };

  const isShown = (element) => {
    const { display, contentVisibility, visibility } = getComputedStyle(element);
    if (contentVisibility === "hidden" || visibility !== "visible") return false;
    return display === "contents" ? isShown(around(element)) : element.checkVisibility();
  };

  /** The length of a drop cap that a style sheet floats: Chromium neither finds nor highlights it. */
  const initialOf = ({ parentElement, data }) => {
    if (parentElement?.localName !== "p" || parentElement.firstChild.data !== data) return 0;
    return getComputedStyle(parentElement, "::first-letter").float === "none" ? 0 : data.search(/\S/) + 1;
  };

  /** Every text node that is laid out, in order, with the line of text it stands in. */
  const textNodes = () => {
    const found = [];
    let broken = false;
    let run;
    for (const node of shown(document.body)) {
      if (node.nodeType === 1) {
        if (/^(br|hr|img|iframe|input|select|textarea|button|svg|video|object)$/.test(node.localName))
          broken = true;
        continue;
      }
      if (node.nodeType !== 3) continue;
      const parent = node.parentElement ?? around(node);
      if (!isShown(parent)) continue;
      if (parent.closest("script,style,noscript,textarea,select,option")) continue;
      const block = blockOf(node);
      const annotation = !!parent.closest("rt,rp");
      if (!run || broken || run.block !== block) run = { block, text: "", nodes: [] };
      broken = annotation;
      const entry = { node, run, at: run.text.length, index: found.length, initial: initialOf(node) };
      if (!annotation) {
        run.text += node.data;
        run.nodes.push(entry);
      }
      entry.choice =
        /\S/.test(node.data) && !parent.closest(LEFT_OUT) && onPage(rectsOf(node, 0, node.data.length));
      found.push(entry);
    }
    return found;
  };

  const keepsSpace = (node) => /pre|break/.test(getComputedStyle(around(node)).whiteSpaceCollapse);

  /** Rectangles of a text, without the tabs that Chromium does not paint. */
  const rectsOf = (node, start, end) => {
    const runs = [...node.data.slice(start, end).matchAll(keepsSpace(node) ? /[^\n\t]+/g : /[^]+/g)];
    const range = document.createRange();
    return runs
      .flatMap(({ index, 0: { length } }) => {
        range.setStart(node, start + index);
        range.setEnd(node, start + index + length);
        return [...range.getClientRects()];
      })
      .filter(({ width, height }) => width >= 1 && height >= 2)
      .map(({ left, top, right, bottom }) => [left + scrollX, top + scrollY, right + scrollX, bottom + scrollY]);
  };
  const onPage = (rects) =>
    rects.length > 0 && rects.every(([left, top, right]) => left >= 0 && top >= 0 && right <= innerWidth);

  const words = new Intl.Segmenter("en", { granularity: "word" });

  /** Where the word at an offset of a node begins or ends, as node entry and offset. */
  const toWord = (entry, offset, end) => {
    const { run } = entry;
    const segment = words.segment(run.text).containing(entry.at + offset - (end ? 1 : 0));
    const to = end ? segment.index + segment.segment.length : segment.index;
    for (const other of run.nodes) {
      const inside = to - other.at;
      const { length } = other.node.data;
      if (end ? inside > 0 && inside <= length : inside >= 0 && inside < length) return [other, inside];
    }
    return [entry, offset];
  };

  /** The rectangles, in document coordinates, of the whole words from one place to another. */
  const expected = (nodes, [first, from], [last, to]) => {
    const [a, start] = toWord(first, from, false);
    const [b, end] = toWord(last, to, true);
    const rects = [];
    for (let index = a.index; index <= b.index; index++) {
      const { node, initial } = nodes[index];
      // Chromium highlights the tree in which a match begins, not what its components show.
      if (node.getRootNode() !== a.node.getRootNode()) continue;
      const to = index === b.index ? end : node.data.length;
      rects.push(...rectsOf(node, Math.min(to, Math.max(initial, index === a.index ? start : 0)), to));
    }
    return rects;
  };

  const kinds = {
    /** One word, as a double click takes it. */
    word(random, { node }) {
      const all = [...words.segment(node.data)].filter((segment) => segment.isWordLike);
      const one = all[Math.floor(random() * all.length)];
      return one && [one.index, one.segment.length];
    },
    /** Anything inside a word. */
    part(random, entry) {
      const one = kinds.word(random, entry);
      if (!one) return undefined;
      const from = Math.floor(random() * one[1]);
      return [one[0] + from, 1 + Math.floor(random() * (one[1] - from))];
    },
    phrase: (random, { node }) => [Math.floor(random() * node.data.length), 10 + Math.floor(random() * 40)],
    sentence: (random, { node }) => [Math.floor(random() * node.data.length), 60 + Math.floor(random() * 240)],
    passage: (random, { node }) => [Math.floor(random() * node.data.length), 300 + Math.floor(random() * 500)],
  };

  /** Select `length` characters from a place on, over as many nodes as that takes. */
  const extend = (nodes, entry, offset, length) => {
    let left = length;
    let from = offset;
    for (let { index } = entry; index < nodes.length; index++) {
      const at = nodes[index];
      if (!at.choice) continue;
      const room = at.node.data.length - from;
      if (left <= room) return [at, from + left];
      left -= room;
      from = 0;
    }
    return undefined;
  };

  /** Move the ends of a selection inward to text that is seen. */
  const tighten = (nodes, [a, from], [b, to]) => {
    const seen = (entry, offset) => entry.choice && /[^\s\xad\u200b\u2060\ufeff]/.test(entry.node.data[offset] ?? "");
    while (!seen(a, from)) {
      if (a === b && from >= to) return undefined;
      if (from < a.node.data.length) from++;
      else [a, from] = [nodes[a.index + 1], 0];
      if (!a) return undefined;
    }
    while (!seen(b, to - 1)) {
      if (a === b && from >= to) return undefined;
      if (to > 0) to--;
      else [b, to] = [nodes[b.index - 1], nodes[b.index - 1].node.data.length];
    }
    return a.index > b.index || (a === b && from >= to) ? undefined : [[a, from], [b, to]];
  };

  /** Capture `count` random selections. */
  const sample = (seed, count) => {
    const random = sequence(seed);
    const nodes = textNodes();
    const choices = nodes.filter((entry) => entry.choice);
    const cells = choices.filter(({ node }) => node.parentElement.closest("td,th,li"));
    if (!choices.length) return [];
    const size = choices.reduce((sum, { node }) => sum + node.data.length, 0);
    const anywhere = () => {
      let left = random() * size;
      return choices.find(({ node }) => (left -= node.data.length) < 0) ?? choices[0];
    };
    const names = ["word", "phrase", "part", "sentence", "word", "phrase", "sentence", "cell", "passage", "any"];
    const taken = [];
    for (let tries = 0; taken.length < count && tries < count * 20; tries++) {
      const kind = names[tries % names.length];
      let entry = anywhere();
      if (kind === "any") entry = choices[Math.floor(random() * choices.length)];
      if (kind === "cell" && cells.length) entry = cells[Math.floor(random() * cells.length)];
      const pick = (kinds[kind] ?? kinds[random() < 0.5 ? "word" : "phrase"])(random, entry);
      const end = pick && extend(nodes, entry, pick[0], pick[1]);
      const bounds = end && tighten(nodes, [entry, pick[0]], end);
      if (!bounds) continue;
      const [[a, from], [b, to]] = bounds;
      // No browser lets a reader select from one tree into another as if they were one.
      if (a.node.getRootNode() !== b.node.getRootNode()) continue;
      const selection = getSelection();
      if (random() < 0.5) selection.setBaseAndExtent(a.node, from, b.node, to);
      else selection.setBaseAndExtent(b.node, to, a.node, from);
      const began = performance.now();
      const captured = anchoring.capture(selection);
      taken.push({
        kind,
        selected: selection.toString(),
        took: performance.now() - began,
        captured,
        rects: expected(nodes, ...bounds),
      });
    }
    getSelection().removeAllRanges();
    return taken;
  };

  /** The page's text by the browser's own account, white space apart. */
  const visibleText = () => {
    const style = document.createElement("style");
    style.textContent = `${LEFT_OUT}{display:none!important}*{text-transform:none!important}`;
    document.head.append(style);
    const text = document.body.innerText;
    style.remove();
    return text;
  };

  /** Nothing moves with the window, clips or covers: what is highlighted can be seen. */
  const settle = () => {
    for (const element of document.body.querySelectorAll("*")) {
      const { position } = getComputedStyle(element);
      if (position === "fixed") element.style.setProperty("position", "absolute", "important");
      if (position === "sticky") element.style.setProperty("position", "static", "important");
    }
  };

  const height = () => Math.ceil(document.documentElement.getBoundingClientRect().height + scrollY);

  /** Which rectangles of a screenshot are highlighted, and where else something is. */
  const judge = async (picture, top, groups) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const { data, width, height } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    const lit = (x, y) => {
      const at = (y * width + x) * 4;
      return data[at] > 180 && data[at + 1] < 80 && data[at + 2] > 180;
    };
    const each = ([left, up, right, down], grow, visit) => {
      for (let y = Math.max(0, Math.round(up - top) - grow); y < Math.min(height, Math.round(down - top) + grow); y++)
        for (let x = Math.max(0, Math.round(left) - grow); x < Math.min(width, Math.round(right) + grow); x++)
          visit(x, y);
    };
    const shares = groups.map((rects) => {
      let all = 0;
      let hit = 0;
      for (const rect of rects)
        each(rect, rect[2] - rect[0] > 4 ? -1 : 0, (x, y) => {
          all++;
          if (lit(x, y)) hit++;
        });
      return [hit, all];
    });
    for (const rects of groups) for (const rect of rects) each(rect, 3, (x, y) => (data[(y * width + x) * 4] = 0));
    const stray = [];
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) if (lit(x, y)) stray.push([x, y + top]);
    return { shares, stray: stray.length, where: stray.filter((_, i) => i % 50 === 0).slice(0, 200) };
  };

  return { sample, visibleText, settle, height, judge };
})();
