/** Lint rules: typed checks, no import cycles, and the direction in which folders may import one another. */

import { defineConfig } from "eslint/config";
import eslint from "@eslint/js";
import importX from "eslint-plugin-import-x";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import tseslint from "typescript-eslint";

/** What each folder of src/ may import beside itself. Nothing imports cli. */
const mayImport = {
  core: [],
  dataset: ["core"],
  run: ["core", "dataset"],
  autograd: ["core"],
  train: ["core", "dataset", "run", "autograd"],
  map: ["core", "dataset", "run"],
  select: ["core", "dataset", "run", "map", "train"],
  plot: ["core", "dataset", "run", "map"],
  study: ["core", "dataset", "run", "map", "train", "select", "plot"],
  diagnose: ["core", "dataset", "run", "map", "train", "select", "plot", "study"],
  cli: ["core", "dataset", "run", "train", "map", "select", "plot", "study", "diagnose"],
};

const zones = Object.entries(mayImport).map(([folder, allowed]) => ({
  target: `./src/${folder}`,
  from: "./src",
  except: [folder, ...allowed].map((name) => `./${name}`),
  message: `src/${folder} may import only ${allowed.length > 0 ? allowed.join(", ") : "nothing"} beside itself.`,
}));

export default defineConfig(
  { ignores: ["dist/", "docs/api/", "runs/", "studies/", "examples/", "coverage/"] },
  eslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "import-x": importX },
    settings: { "import-x/resolver-next": [createTypeScriptImportResolver({ project: "tsconfig.json" })] },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      // noUncheckedIndexedAccess makes hot loops over typed arrays assert what their bounds guarantee.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/non-nullable-type-assertion-style": "off",
      "@typescript-eslint/prefer-for-of": "off",
      "@typescript-eslint/dot-notation": "off",
      // A function that an interface wants to be asynchronous need not wait for anything.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-indexed-object-style": "off",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Control characters are what some patterns are there to find.
      "no-control-regex": "off",
      "import-x/no-cycle": "error",
      "import-x/no-restricted-paths": ["error", { zones }],
      "no-console": "error",
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: { "no-console": "off", "import-x/no-restricted-paths": "off" },
  },
  {
    files: ["**/*.js", "**/*.mjs"],
    languageOptions: {
      globals: Object.fromEntries(
        [
          "process",
          "console",
          "URL",
          "performance",
          "Buffer",
          "setTimeout",
          "setImmediate",
          "clearTimeout",
          "SharedArrayBuffer",
          "fetch",
          "TextDecoder",
          "TextEncoder",
          "Atomics",
        ].map((name) => [name, "readonly"]),
      ),
    },
  },
);
