-- One row while anybody follows the feed live: then the hub is told when the feed grows, else nobody pays for a call to it.
CREATE TABLE followed (id INTEGER PRIMARY KEY CHECK (id = 1)) STRICT;
