-- Which resources, such as Kafka topics, a subject belongs to.
CREATE TABLE associations (
    resource_id        TEXT    NOT NULL,
    resource_type      TEXT    NOT NULL,
    association_type   TEXT    NOT NULL, -- key or value
    context            TEXT    NOT NULL,
    subject            TEXT    NOT NULL,
    guid               TEXT    NOT NULL,
    resource_name      TEXT    NOT NULL,
    resource_namespace TEXT    NOT NULL,
    lifecycle          TEXT    NOT NULL, -- STRONG or WEAK
    frozen             INTEGER NOT NULL,
    created_at         INTEGER NOT NULL, -- milliseconds since 1970
    updated_at         INTEGER NOT NULL, -- milliseconds since 1970
    PRIMARY KEY (resource_id, resource_type, association_type)
) STRICT, WITHOUT ROWID;
