with observations as (

    select o.*, m.perimeter, r.source_level, m.tolerance_pct
    from {{ source('staging', 'core_observations') }} as o
    inner join {{ source('registry', 'measures') }} as m
        on o.measure_id = m.measure_id
    inner join {{ source('registry', 'readings') }} as r
        on o.measure_id = r.measure_id and o.data_year between r.first_year and r.last_year
    where
        m.aggregation = 'additive'
        and o.data_year between {{ var('edition_year') }} - m.lookback_years and {{ var('edition_year') }}

),

-- Totals that the producer prints beside the parts, for territories our sums also cover.
published as (

    select
        measure_id,
        territory_level,
        territory_code,
        period,
        tolerance_pct,
        case when count(value) = count(*) then sum(value) end as published_value
    from observations
    where territory_level <> source_level
    group by measure_id, territory_level, territory_code, period, tolerance_pct

),

compared as (

    select
        p.measure_id,
        p.territory_level,
        p.territory_code,
        p.period,
        s.data_year,
        s.value as own_sum_value,
        p.published_value,
        case
            when p.published_value <> 0 then 100.0 * (s.value / p.published_value - 1)
        end as difference_pct,
        p.tolerance_pct
    from published as p
    inner join {{ ref('core_measures') }} as s
        on
            p.measure_id = s.measure_id
            and p.territory_level = s.territory_level
            and p.territory_code = s.territory_code
            and p.period = s.period

)

select
    measure_id,
    territory_level,
    territory_code,
    period,
    data_year,
    own_sum_value,
    published_value,
    difference_pct,
    tolerance_pct,
    -- What rounding of a sum adds to a difference does not exceed a tolerance.
    abs(difference_pct) - tolerance_pct <= 1e-9 as is_within_tolerance
from compared
