/** What a report can be written as. */
export const reportFormats = ["md", "tex", "csv", "html"] as const;
export type ReportFormat = (typeof reportFormats)[number];
