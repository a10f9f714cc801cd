"""The peer of bench/ngram.mjs: the same n-grams and six epochs with scikit-learn. Prints the test accuracy."""

import gzip
import json
import sys

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import FeatureUnion
from sklearn.preprocessing import OneHotEncoder, StandardScaler

name, train_path, test_path, grams = sys.argv[1:]


def read(path):
    if name == "trec":
        lines = [line.rstrip("\n").split(" ", 1) for line in open(path, encoding="latin-1")]
        return [text for _, text in lines], [label.split(":")[0] for label, _ in lines]
    if name == "md_agreement":
        rows = json.load(gzip.open(path)).values()
        return [row["text"] for row in rows], [row["hard_label"] for row in rows]
    if name == "banking77":
        table = pd.read_csv(path)
        return table.text.tolist(), table.category.tolist()
    if name == "adult":
        table = pd.read_csv(path, sep=", ", engine="python")
        return table.drop(columns="Salary"), table.Salary.tolist()
    table = pd.read_csv(path, sep="\t", quoting=3)
    return table.sentence.tolist(), table.label.tolist()


train, labels = read(train_path)
test, gold = read(test_path)
if name == "adult":
    numeric = train.select_dtypes("number").columns
    other = train.columns.difference(numeric)
    encode = ColumnTransformer([("n", StandardScaler(), numeric), ("c", OneHotEncoder(handle_unknown="ignore"), other)])
else:
    parts = [("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True))]
    if grams == "all":
        parts.append(("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)))
    encode = FeatureUnion(parts)
x = encode.fit_transform(train)
classes = np.unique(labels)
model = SGDClassifier(loss="log_loss", random_state=1)
order = np.random.default_rng(1)
y = np.asarray(labels)
dynamics = []
for _ in range(6):
    shuffled = order.permutation(len(y))
    model.partial_fit(x[shuffled], y[shuffled], classes=classes)
    dynamics.append(model.predict_proba(x))
print((model.predict(encode.transform(test)) == np.asarray(gold)).mean())
