/** The parts that we use of two libraries without types. */

declare module "svg-to-pdfkit" {
  export default function SVGtoPDF(
    document: PDFKit.PDFDocument,
    svg: string,
    x: number,
    y: number,
    options?: { readonly fontCallback?: () => string; readonly assumePt?: boolean },
  ): void;
}

declare module "fontkit" {
  export function create(bytes: Uint8Array): { hasGlyphForCodePoint(codePoint: number): boolean };
}
