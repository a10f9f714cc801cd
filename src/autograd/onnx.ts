/** A graph as the bytes of an ONNX model: what nothing reads is left out. */

import { create, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as Kind,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProtoSchema,
  TensorProto_DataType as DataType,
  TensorShapeProtoSchema,
  TensorShapeProto_DimensionSchema,
  TypeProtoSchema,
  TypeProto_TensorSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "onnx-buf";
import type { Attribute, Constant, ElementType, Graph, Node, Tensor } from "./graph.js";

/** Opset 20 is the first with Gelu; IR version 9 is the one of its time. */
const opset = 20n;
const irVersion = 9n;

const dataTypes: Readonly<Record<ElementType, DataType>> = {
  float32: DataType.FLOAT,
  int32: DataType.INT32,
  int64: DataType.INT64,
  bool: DataType.BOOL,
};

export interface Encoded {
  /** A serialised ModelProto. */
  readonly bytes: Uint8Array;
  /** The inputs that the model needs: those that some output depends on. */
  readonly inputs: readonly Tensor[];
}

/** @param outputs by the name that they get */
export function encode(graph: Graph, outputs: Readonly<Record<string, Tensor>>): Encoded {
  const { nodes, used } = needed(graph, Object.values(outputs));
  const inputs = graph.inputs.filter((input) => used.has(input));
  const names = new Map<Tensor, string>();
  const copies: NodeProto[] = [];
  const computed = new Set(nodes.flatMap((node) => node.outputs));
  for (const [name, tensor] of Object.entries(outputs)) {
    // An output is the tensor itself under another name; a second name, or an input's, costs a copy.
    if (computed.has(tensor) && !names.has(tensor)) names.set(tensor, name);
    else
      copies.push(
        create(NodeProtoSchema, {
          opType: "Identity",
          input: [names.get(tensor) ?? tensor.name],
          output: [name],
        }),
      );
  }
  const model = create(ModelProtoSchema, {
    irVersion,
    producerName: "alidade",
    opsetImport: [
      create(OperatorSetIdProtoSchema, { domain: "", version: opset }),
      create(OperatorSetIdProtoSchema, { domain: "com.microsoft", version: 1n }),
    ],
    graph: create(GraphProtoSchema, {
      name: "graph",
      node: [...nodes.map((node) => encodeNode(node, names)), ...copies],
      input: inputs.map((tensor) => describe(tensor, tensor.name)),
      output: Object.entries(outputs).map(([name, tensor]) => describe(tensor, name)),
      initializer: graph.constants.filter(({ tensor }) => used.has(tensor)).map(encodeConstant),
    }),
  });
  return { bytes: toBinary(ModelProtoSchema, model), inputs };
}

/** The nodes that the outputs depend on, in order, and every tensor that they read. */
function needed(graph: Graph, outputs: readonly Tensor[]): { nodes: Node[]; used: ReadonlySet<Tensor> } {
  const used = new Set(outputs);
  const nodes = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((output) => used.has(output))) return false;
    node.inputs.forEach((input) => used.add(input));
    return true;
  });
  return { nodes: nodes.toReversed(), used };
}

function encodeNode(
  { op, domain, inputs, outputs, attributes }: Node,
  names: ReadonlyMap<Tensor, string>,
): NodeProto {
  const nameOf = (tensor: Tensor) => names.get(tensor) ?? tensor.name;
  return create(NodeProtoSchema, {
    opType: op,
    domain,
    input: inputs.map(nameOf),
    output: outputs.map(nameOf),
    attribute: Object.entries(attributes).map(([name, value]) => encodeAttribute(name, value)),
  });
}

function encodeAttribute(name: string, value: Attribute): AttributeProto {
  if ("int" in value) return create(AttributeProtoSchema, { name, type: Kind.INT, i: BigInt(value.int) });
  if ("ints" in value)
    return create(AttributeProtoSchema, { name, type: Kind.INTS, ints: value.ints.map(BigInt) });
  if ("float" in value) return create(AttributeProtoSchema, { name, type: Kind.FLOAT, f: value.float });
  return create(AttributeProtoSchema, { name, type: Kind.STRING, s: new TextEncoder().encode(value.string) });
}

function encodeConstant({ tensor, values }: Constant): TensorProto {
  return create(TensorProtoSchema, {
    name: tensor.name,
    dataType: dataTypes[tensor.type],
    dims: tensor.shape.map(BigInt),
    rawData: Uint8Array.from(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  });
}

function describe(tensor: Tensor, name: string): ValueInfoProto {
  const dim = tensor.shape.map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      value:
        typeof size === "number"
          ? { case: "dimValue", value: BigInt(size) }
          : { case: "dimParam", value: size },
    }),
  );
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, {
      value: {
        case: "tensorType",
        value: create(TypeProto_TensorSchema, {
          elemType: dataTypes[tensor.type],
          shape: create(TensorShapeProtoSchema, { dim }),
        }),
      },
    }),
  });
}
