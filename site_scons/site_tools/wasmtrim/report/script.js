"use strict";
// What the scripts of all our pages share.
function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// A name that may be broken between its words: after a dot, a slash, a colon, or at a bracket.
function breakable(name) {
  return name.split(/(?<=[./:>,)\]])(?=[^\s./:>,)\]])|(?=[(\[])/).flatMap((word, at) => (at ? [element("wbr"), word] : [word]));
}

// The page's data, which are gzip in base64.
async function unpack() {
  const packed = Uint8Array.from(atob(document.getElementById("data").textContent), (letter) => letter.charCodeAt(0));
  const text = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(text).json();
}
