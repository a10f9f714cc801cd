/** Every parameter of the model by our own name, with its shape: the order in which they are kept everywhere. Weights are [out, in]. */

import type { EncoderConfig } from "./config.js";

export type Shape = readonly number[];

/** The encoder's parameters. */
export function encoderShapes(config: EncoderConfig): Map<string, Shape> {
  const { width, inner, embeddingWidth, vocabulary, positions, positionOffset, tokenTypes } = config;
  const shapes = new Map<string, Shape>();
  const dense = (name: string, out: number, input: number): void => {
    shapes.set(`${name}.weight`, [out, input]);
    shapes.set(`${name}.bias`, [out]);
  };
  const norm = (name: string, size: number): void => {
    shapes.set(`${name}.scale`, [size]);
    shapes.set(`${name}.shift`, [size]);
  };
  shapes.set("embeddings.word", [vocabulary, embeddingWidth]);
  shapes.set("embeddings.position", [positions + positionOffset, embeddingWidth]);
  if (tokenTypes > 0) shapes.set("embeddings.type", [tokenTypes, embeddingWidth]);
  norm("embeddings.norm", embeddingWidth);
  if (embeddingWidth !== width) dense("embeddings.projection", width, embeddingWidth);
  for (let layer = 0; layer < config.layers; layer++) {
    const name = `layers.${layer}`;
    for (const part of ["query", "key", "value", "output"]) dense(`${name}.attention.${part}`, width, width);
    norm(`${name}.attention.norm`, width);
    dense(`${name}.inner`, inner, width);
    dense(`${name}.outer`, width, inner);
    norm(`${name}.norm`, width);
  }
  return shapes;
}

/** The head's parameters. @param outputs one a label; 1 for multiple choice */
export function headShapes({ width }: EncoderConfig, outputs: number): Map<string, Shape> {
  return new Map<string, Shape>([
    ["head.pooler.weight", [width, width]],
    ["head.pooler.bias", [width]],
    ["head.classifier.weight", [outputs, width]],
    ["head.classifier.bias", [outputs]],
  ]);
}
