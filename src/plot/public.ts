/** `alidade/plot`: figures as SVG, PNG and PDF. */

export { plotLabels, type LabelFigureOptions } from "./label-figure.js";
export { plotMap, type MapFigureOptions } from "./map-figure.js";
export { renderPdf } from "./render-pdf.js";
export { renderPng, type RenderOptions, type RenderPngOptions } from "./render-png.js";
export { writeFigure, type WriteFigureOptions } from "./render.js";
export { plotTrajectories, type TrajectoriesFigureOptions } from "./trajectories-figure.js";
export type { Trajectory } from "./trajectory.js";
