/** A figure read back: where its marks and words stand on the page. */

import { parseHTML } from "linkedom";
import { textWidth } from "../../src/plot/typeface.js";

export interface Box {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface Node {
  readonly localName: string;
  readonly parentElement: Node | null;
  readonly textContent: string;
  getAttribute(name: string): string | null;
}

export function elements(svg: string, selector: string): Node[] {
  const { document } = parseHTML(`<!doctype html><html><body>${svg}</body></html>`) as unknown as {
    document: { querySelectorAll(selector: string): Iterable<Node> };
  };
  return [...document.querySelectorAll(selector)];
}

export function numberOf(node: Node, name: string): number {
  return Number(node.getAttribute(name) ?? 0);
}

/** The box of every word on the page: nested documents, translations and quarter turns are followed. */
export function textBoxes(svg: string): Box[] {
  return elements(svg, "text").map((node) => {
    const size = Number(inherited(node, "font-size") ?? 16);
    const width = textWidth(node.textContent, size);
    const anchor = inherited(node, "text-anchor") ?? "start";
    const before = anchor === "middle" ? width / 2 : anchor === "end" ? width : 0;
    let [left, right] = [numberOf(node, "x") - before, numberOf(node, "x") - before + width];
    // Heights of letters, not of lines.
    let [top, bottom] = [numberOf(node, "y") - size * 0.75, numberOf(node, "y") + size * 0.2];
    for (let at: Node | null = node; at !== null; at = at.parentElement) {
      const transform = at.getAttribute("transform") ?? "";
      if (transform.includes("rotate(-90)")) [left, right, top, bottom] = [top, bottom, -right, -left];
      const [, x = "0", y = "0"] = /translate\(([-\d.]+),\s*([-\d.]+)\)/.exec(transform) ?? [];
      const nested = at.localName === "svg" && at.parentElement?.localName !== "body";
      const [dx, dy] = nested ? [numberOf(at, "x"), numberOf(at, "y")] : [Number(x), Number(y)];
      [left, right, top, bottom] = [left + dx, right + dx, top + dy, bottom + dy];
    }
    return { text: node.textContent, left, right, top, bottom };
  });
}

/** Pairs of words that cover one another. */
export function collisions(boxes: readonly Box[]): string[] {
  return boxes.flatMap((a, i) =>
    boxes
      .slice(i + 1)
      .filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
      .map((b) => `${a.text} | ${b.text}`),
  );
}

/** Words that leave the page. */
export function outside(svg: string, boxes: readonly Box[]): string[] {
  const [root] = elements(svg, "svg");
  const [width, height] = root ? [numberOf(root, "width"), numberOf(root, "height")] : [0, 0];
  return boxes
    .filter((box) => box.left < 0 || box.top < 0 || box.right > width || box.bottom > height)
    .map(({ text }) => text);
}

function inherited(node: Node, name: string): string | null {
  for (let at: Node | null = node; at !== null; at = at.parentElement) {
    const value = at.getAttribute(name);
    if (value !== null) return value;
  }
  return null;
}
