-- Whether the model was trained on the language that a mention is written in.

ALTER TABLE verdicts ADD COLUMN language_trained INTEGER NOT NULL DEFAULT 1
  CHECK (language_trained IN (0, 1)); -- 0: what it says counts for nothing

CREATE INDEX verdicts_untrained ON verdicts (at, language) WHERE NOT language_trained;
