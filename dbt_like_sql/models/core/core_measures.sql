with observations as (

    select o.*
    from {{ source('staging', 'core_observations') }} as o
    inner join {{ source('registry', 'measures') }} as m
        on o.measure_id = m.measure_id
    where o.data_year between {{ var('edition_year') }} - m.lookback_years and {{ var('edition_year') }}

),

-- One figure a territory and period: a measure made of several series is their sum, and a sum
-- with a hole is a hole.
territories as (

    select
        measure_id,
        territory_level,
        territory_code,
        period,
        data_year,
        case when count(value) = count(*) then sum(value) end as value,
        bool_or(value is null and value_status = 'confidential') as is_confidential,
        bool_or(value_status = 'estimated') as is_estimated,
        bool_or(value_status = 'provisional') as is_provisional
    from observations
    group by measure_id, territory_level, territory_code, period, data_year

),

-- What is summed: counts as published, or a published rate times its own published base.
parts as (

    select
        t.measure_id,
        m.perimeter,
        r.source_level,
        t.territory_code as part_code,
        t.period,
        t.data_year,
        case
            when m.aggregation = 'reconstructed' then t.value * b.value / m.rate_scale
            else t.value
        end as value,
        case
            when m.aggregation = 'reconstructed'
                then 0.5 * power(10, -m.rate_decimals) * b.value / m.rate_scale
            else 0
        end as rounding_bound,
        t.is_confidential,
        t.is_estimated or m.aggregation = 'reconstructed' as is_estimated,
        t.is_provisional
    from territories as t
    inner join {{ source('registry', 'measures') }} as m
        on t.measure_id = m.measure_id
    inner join {{ source('registry', 'readings') }} as r
        on
            t.measure_id = r.measure_id
            and t.territory_level = r.source_level
            and t.data_year between r.first_year and r.last_year
    left join territories as b
        on
            m.base_measure_id = b.measure_id
            and t.territory_level = b.territory_level
            and t.territory_code = b.territory_code
            and t.period = b.period
    where m.aggregation <> 'non_additive'

),

periods as (

    select distinct measure_id, perimeter, source_level, period, data_year
    from parts

),

-- Every part a whole needs, whether a figure is there or not.
expected as (

    select
        d.measure_id,
        d.period,
        d.data_year,
        w.part_code,
        w.territory_level,
        w.territory_code
    from periods as d
    inner join {{ source('registry', 'passage') }} as w
        on d.perimeter = w.perimeter and d.source_level = w.source_level

),

sums as (

    select
        e.measure_id,
        e.territory_level,
        e.territory_code,
        e.period,
        e.data_year,
        case when count(p.value) = count(*) then sum(p.value) end as value,
        case
            when count(p.value) < count(*) and bool_or(p.is_confidential) then 'confidential'
            when count(p.value) < count(*) then 'not_available'
            when bool_or(p.is_provisional) then 'provisional'
            when bool_or(p.is_estimated) then 'estimated'
            else 'observed'
        end as value_status,
        cast(count(*) as integer) as parts_expected_count,
        cast(count(p.value) as integer) as parts_present_count,
        string_agg(case when p.value is null then e.part_code end, ' ' order by e.part_code)
            as missing_parts,
        case
            when count(p.value) = count(*) then sum(p.rounding_bound)
        end as rounding_bound
    from expected as e
    left join parts as p
        on
            e.measure_id = p.measure_id
            and e.period = p.period
            and e.part_code = p.part_code
    group by e.measure_id, e.territory_level, e.territory_code, e.period, e.data_year

),

-- What does not add is taken as published, at the level where it is published.
published as (

    select
        t.measure_id,
        t.territory_level,
        t.territory_code,
        t.period,
        t.data_year,
        t.value,
        case
            when t.value is null and t.is_confidential then 'confidential'
            when t.value is null then 'not_available'
            when t.is_provisional then 'provisional'
            when t.is_estimated then 'estimated'
            else 'observed'
        end as value_status,
        1 as parts_expected_count,
        cast(case when t.value is null then 0 else 1 end as integer) as parts_present_count,
        case when t.value is null then t.territory_code end as missing_parts,
        cast(null as double) as rounding_bound
    from territories as t
    inner join {{ source('registry', 'measures') }} as m
        on t.measure_id = m.measure_id
    where m.aggregation = 'non_additive'

)

select * from sums
union all
select * from published
