execute statement set begin insert into a select 1; {% if x %} insert into b select 2; {% endif %} end;
-- formatted:
EXECUTE STATEMENT SET
BEGIN
  INSERT INTO a
  SELECT 1;

  {% if x %}
  INSERT INTO b
  SELECT 2;
  {% endif %}
END;
