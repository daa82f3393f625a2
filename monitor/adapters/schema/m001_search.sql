-- Full-text search over mentions, and the work list of the classifier: both kept by triggers.

-- sqlite-utils and Datasette find the index by content="mentions", written just so.
CREATE VIRTUAL TABLE mentions_fts USING fts5 (
  title, text, content="mentions", content_rowid="id",
  tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TRIGGER mentions_inserted AFTER INSERT ON mentions BEGIN
  INSERT INTO mentions_fts (rowid, title, text) VALUES (new.id, new.title, new.text);
  INSERT INTO unread (mention_id, said_at) VALUES (new.id, new.said_at);
END;

CREATE TRIGGER mentions_deleted AFTER DELETE ON mentions BEGIN
  INSERT INTO mentions_fts (mentions_fts, rowid, title, text)
  VALUES ('delete', old.id, old.title, old.text);
END;

CREATE TRIGGER mentions_edited AFTER UPDATE OF title, text ON mentions BEGIN
  INSERT INTO mentions_fts (mentions_fts, rowid, title, text)
  VALUES ('delete', old.id, old.title, old.text);
  INSERT INTO mentions_fts (rowid, title, text) VALUES (new.id, new.title, new.text);
END;

CREATE TRIGGER verdicts_inserted AFTER INSERT ON verdicts BEGIN
  DELETE FROM unread WHERE mention_id = new.mention_id;
END;

-- A verdict that is taken away: the mention is read again, unless it is what was deleted.
CREATE TRIGGER verdicts_deleted AFTER DELETE ON verdicts BEGIN
  INSERT OR IGNORE INTO unread (mention_id, said_at)
  SELECT id, said_at FROM mentions WHERE id = old.mention_id;
END;
