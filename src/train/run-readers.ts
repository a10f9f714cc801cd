/** How resuming gets a run's data back, handed in so that its logic needs no files. */

import type { Dataset } from "../dataset/dataset.js";
import type { Manifest } from "../run/manifest.js";

export interface RunReaders {
  /** The run's examples, from `examples.parquet`. */
  examples(path: string, dataset: Manifest["dataset"]): Promise<Dataset>;
  /** A test set from its files, which are known to be what they were. */
  test(name: string, stored: Manifest["tests"][string]): Promise<Dataset>;
}
