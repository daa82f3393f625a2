-- What a text means, for bringing stories together that tell one thing in different words: kept,
-- because reading a week of texts again would take minutes at each start.

ALTER TABLE verdicts ADD COLUMN vector BLOB; -- a signed byte each number; NULL: the model has none
