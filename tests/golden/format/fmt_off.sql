-- fmt: off
select   a,b
   from  t;
-- fmt: on
select   a,b
   from  t
   where   x  in (1,2,3)    -- fmt: skip
   and z=1
-- formatted:
-- fmt: off
select   a,b
   from  t;
-- fmt: on
SELECT a, b
FROM t
   where   x  in (1,2,3)    -- fmt: skip
  AND z = 1
