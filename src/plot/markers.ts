/** Markers by correctness: shapes that differ in grey too. */

import { round } from "./panel.js";

const shapes: readonly ((x: number, y: number, r: number) => string)[] = [
  // never correct: a cross
  (x, y, r) => polygon(x, y, crossPoints(r * 1.05)),
  (x, y, r) =>
    polygon(x, y, [
      [0, r * 1.2],
      [-r * 1.1, -r * 0.8],
      [r * 1.1, -r * 0.8],
    ]),
  (x, y, r) =>
    polygon(x, y, [
      [0, -r * 1.3],
      [r, 0],
      [0, r * 1.3],
      [-r, 0],
    ]),
  (x, y, r) =>
    polygon(x, y, [
      [-r * 0.9, -r * 0.9],
      [r * 0.9, -r * 0.9],
      [r * 0.9, r * 0.9],
      [-r * 0.9, r * 0.9],
    ]),
  (x, y, r) => polygon(x, y, ring(5, r * 1.15)),
  (x, y, r) =>
    polygon(x, y, [
      [0, -r * 1.2],
      [r * 1.1, r * 0.8],
      [-r * 1.1, r * 0.8],
    ]),
  (x, y, r) => circle(x, y, r),
];

/** Path data of the marker for a share of correct epochs. */
export function markerPath(share: number, x: number, y: number, radius: number): string {
  const last = shapes.length - 1;
  const shape = shapes[Math.max(0, Math.min(last, Math.round(share * last)))] ?? circle;
  return shape(x, y, radius);
}

function circle(x: number, y: number, r: number): string {
  const [left, right, size] = [round(x - r), round(x + r), round(r)];
  return `M${left},${round(y)}A${size},${size},0,1,1,${right},${round(y)}A${size},${size},0,1,1,${left},${round(y)}Z`;
}

function polygon(x: number, y: number, points: readonly (readonly [number, number])[]): string {
  return `M${points.map(([dx, dy]) => `${round(x + dx)},${round(y + dy)}`).join("L")}Z`;
}

function ring(corners: number, radius: number): [number, number][] {
  return Array.from({ length: corners }, (_, i) => {
    const angle = (2 * Math.PI * i) / corners - Math.PI / 2;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

function crossPoints(r: number): [number, number][] {
  const thin = r * 0.36;
  const turn = ([x, y]: [number, number]): [number, number] => [
    (x - y) * Math.SQRT1_2,
    (x + y) * Math.SQRT1_2,
  ];
  const arm: [number, number][] = [
    [-thin, -thin],
    [-thin, -r * 1.2],
    [thin, -r * 1.2],
    [thin, -thin],
    [r * 1.2, -thin],
    [r * 1.2, thin],
    [thin, thin],
    [thin, r * 1.2],
    [-thin, r * 1.2],
    [-thin, thin],
    [-r * 1.2, thin],
    [-r * 1.2, -thin],
  ];
  return arm.map(turn);
}
