/** Markers by correctness: shapes that differ in grey too, of about the same area. */

import { round } from "./round.js";

type Point = readonly [number, number];

/** From never correct to always correct, at radius 1. null: a circle. */
const shapes: readonly (readonly Point[] | null)[] = [
  cross(1.25, 0.36),
  polygon(3, 1.4, 180),
  polygon(4, 1.25, 0),
  polygon(4, 1.25, 45),
  polygon(5, 1.15, 0),
  polygon(3, 1.4, 0),
  null,
];

/** Draws one marker: an SVG element whose first two numbers are its centre. `attributes` follow them, with a leading space. */
export type Marker = (x: number, y: number, attributes?: string) => string;

/**
 * The marker of a share of correct epochs.
 *
 * @param radius in pixels
 */
export function markerOf(share: number, radius: number): Marker {
  const last = shapes.length - 1;
  const shape = shapes[Math.max(0, Math.min(last, Math.round(share * last)))];
  if (!shape) {
    const r = round(radius);
    return (x, y, attributes = "") => `<circle cx="${round(x)}" cy="${round(y)}" r="${r}"${attributes}/>`;
  }
  const corners = outline(shape, radius);
  return (x, y, attributes = "") => `<path d="M${round(x)},${round(y)}${corners}"${attributes}/>`;
}

function outline(points: readonly Point[], radius: number): string {
  // From corner to corner in rounded steps, so that the shape closes whatever the rounding.
  let [x, y] = [0, 0];
  const steps = points.map(([px, py]) => {
    const step = [tenth(px * radius - x), tenth(py * radius - y)] as const;
    x += step[0];
    y += step[1];
    return `${step[0]},${step[1]}`;
  });
  return `m${steps.join("l")}z`;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A regular polygon, a corner on top, turned clockwise. */
function polygon(corners: number, radius: number, degrees: number): Point[] {
  return Array.from({ length: corners }, (_, i) => {
    const angle = (2 * Math.PI * i) / corners - Math.PI / 2 + (degrees / 180) * Math.PI;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

/** A diagonal cross: arms of a length and half a width. */
function cross(length: number, half: number): Point[] {
  const corners: Point[] = [
    [-half, -half],
    [-half, -length],
    [half, -length],
    [half, -half],
  ];
  const arms = [0, 1, 2, 3].flatMap((turn) =>
    corners.slice(0, 3).map((corner) => rotate(corner, (turn * Math.PI) / 2)),
  );
  return arms.map((corner) => rotate(corner, Math.PI / 4));
}

function rotate([x, y]: Point, angle: number): Point {
  return [x * Math.cos(angle) - y * Math.sin(angle), x * Math.sin(angle) + y * Math.cos(angle)];
}
