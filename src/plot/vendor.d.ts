/** The parts that we use of two libraries without types. */

declare module "svg-to-pdfkit" {
  export default function SVGtoPDF(
    document: PDFKit.PDFDocument,
    svg: string,
    x: number,
    y: number,
    options?: {
      readonly fontCallback?: (family: string) => string;
      readonly warningCallback?: (message: string) => void;
      readonly assumePt?: boolean;
    },
  ): void;
}

declare module "fontkit" {
  export interface Font {
    readonly unitsPerEm: number;
    hasGlyphForCodePoint(codePoint: number): boolean;
    glyphForCodePoint(codePoint: number): { readonly advanceWidth: number };
  }
  export function create(bytes: Uint8Array): Font;
}
