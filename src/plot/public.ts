/** `alidade/plot`: figures as SVG, PNG and PDF. */

export { plotLabels, type LabelFigureOptions } from "./label-figure.js";
export { plotMap, type MapFigureOptions } from "./map-figure.js";
export { renderPdf, renderPng, writeFigure, type WriteFigureOptions } from "./render.js";
export { plotTrajectories, type TrajectoriesFigureOptions, type Trajectory } from "./trajectories-figure.js";
