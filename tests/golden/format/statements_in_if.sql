{% if is_x %}
insert into a select 1;
{% endif %}
insert into b select 2;
-- formatted:
{% if is_x %}
INSERT INTO a
SELECT 1;
{% endif %}
INSERT INTO b
SELECT 2;
