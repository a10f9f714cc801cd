/** `alidade/plot`: figures as SVG, PNG and PDF. */

export {
  plotComparison,
  type ComparedMap,
  type ComparedMove,
  type ComparisonData,
  type ComparisonFigureOptions,
} from "./comparison-figure.js";
export { plotCurves, type CurvesFigureOptions } from "./curves-figure.js";
export type { CurvePanel, CurvePoint, CurvesData } from "./curves.js";
export {
  plotIntervals,
  type IntervalDot,
  type IntervalPanel,
  type IntervalRow,
  type IntervalsData,
  type IntervalsFigureOptions,
} from "./intervals-figure.js";
export { plotLabels, type LabelFigureOptions } from "./label-figure.js";
export { plotMap, type MapFigureOptions } from "./map-figure.js";
export { plotReliability, type ReliabilityFigureOptions } from "./reliability-figure.js";
export type { ReliabilityData, ReliabilityPanel, ReliabilityPoint } from "./reliability.js";
export { renderPdf } from "./render-pdf.js";
export { renderPng, type RenderOptions, type RenderPngOptions } from "./render-png.js";
export { writeFigure, type WriteFigureOptions } from "./render.js";
export type { Sign } from "./signs.js";
export {
  plotTernary,
  type Mixture,
  type Shares,
  type TernaryData,
  type TernaryFigureOptions,
} from "./ternary-figure.js";
export { plotTrajectories, type TrajectoriesFigureOptions } from "./trajectories-figure.js";
export type { Trajectory } from "./trajectory.js";
export {
  plotValueMap,
  type ValueBin,
  type ValueMapData,
  type ValueMapFigureOptions,
} from "./value-map-figure.js";
