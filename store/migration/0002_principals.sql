-- An ARN says which account, and so which part, a principal is of: the key of
-- the table finds it there. The two indexes took half the time of saving.
--
-- From this form on parts are written by a schema, which is a part itself, and
-- no longer as JSON. No release wrote such parts.
DROP INDEX part_principal_arn;
DROP INDEX part_principal_unique_id;
