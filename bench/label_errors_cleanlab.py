"""What cleanlab finds: self-confidence and normalised margin of 5-fold linear TF-IDF probabilities, on the problem in the file that is named.

Reads {text, gold, wrong}; prints one line of JSON.
"""

import json
import sys
import time
import warnings

import numpy as np
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

warnings.filterwarnings("ignore")
problem = json.load(open(sys.argv[1]))
gold, wrong = np.array(problem["gold"]), np.array(problem["wrong"])
started = time.process_time()
best = {}
for ngrams in (1,):
    vectors = TfidfVectorizer(ngram_range=(1, ngrams), sublinear_tf=True).fit_transform(problem["text"])
    # C is chosen for cleanlab: the better of two, by the truth that a user would not have.
    for strength in (1, 10):
        folds = StratifiedKFold(5, shuffle=True, random_state=0)
        model = LogisticRegression(max_iter=300, C=strength)
        probabilities = cross_val_predict(model, vectors, gold, cv=folds, method="predict_proba")
        for method in ("self_confidence", "normalized_margin"):
            scores = -get_label_quality_scores(gold, probabilities, method=method)
            precision = average_precision_score(wrong, scores)
            if precision > best.get(method, {"ap": 0})["ap"]:
                best[method] = {"ap": precision, "auroc": roc_auc_score(wrong, scores), "ngrams": ngrams, "C": strength}
flags = find_label_issues(gold, probabilities, n_jobs=1)
print(json.dumps({**best, "flagged": int(flags.sum()), "right": int((flags & (wrong == 1)).sum()), "cpu": time.process_time() - started}))
