with terms as (

    select
        t.indicator_id,
        t.side,
        t.sign,
        m.territory_level,
        m.territory_code,
        m.data_year,
        m.value,
        m.value_status,
        m.missing_parts,
        m.rounding_bound,
        m.measure_id
    from {{ source('registry', 'indicator_terms') }} as t
    inner join {{ source('registry', 'indicators') }} as i
        on t.indicator_id = i.indicator_id
    inner join {{ ref('core_annual_measures') }} as m
        on t.measure_id = m.measure_id and i.annualise = m.annualise

),

-- The years in which a new series of one of the measures begins.
breaks as (

    select distinct
        t.indicator_id,
        b.year as break_year
    from {{ source('registry', 'indicator_terms') }} as t
    inner join {{ source('registry', 'breaks') }} as b
        on t.measure_id = b.measure_id

),

term_counts as (

    select
        indicator_id,
        cast(sum(case when side = 'numerator' then 1 else 0 end) as integer) as numerator_count,
        cast(sum(case when side = 'denominator' then 1 else 0 end) as integer) as denominator_count
    from {{ source('registry', 'indicator_terms') }}
    group by indicator_id

),

-- A side of the ratio exists only when every one of its measures does.
sides as (

    select
        t.indicator_id,
        t.territory_level,
        t.territory_code,
        t.data_year,
        sum(t.sign * t.value) filter (where t.side = 'numerator')
            as numerator_sum,
        count(t.value) filter (where t.side = 'numerator') as numerator_present,
        count(*) filter (where t.side = 'numerator') as numerator_rows,
        sum(t.sign * t.value) filter (where t.side = 'denominator')
            as denominator_sum,
        count(t.value) filter (where t.side = 'denominator') as denominator_present,
        sum(t.rounding_bound) filter (where t.side = 'numerator')
            as numerator_bound,
        sum(t.rounding_bound) filter (where t.side = 'denominator')
            as denominator_bound,
        bool_or(t.value_status = 'confidential') as is_confidential,
        bool_or(t.value_status = 'provisional') as is_provisional,
        bool_or(t.value_status = 'estimated') as is_estimated,
        max(t.missing_parts) as missing_parts
    from terms as t
    group by t.indicator_id, t.territory_level, t.territory_code, t.data_year

),

levels as (

    select
        s.indicator_id,
        s.territory_level,
        s.territory_code,
        s.data_year,
        case when s.numerator_present = c.numerator_count then s.numerator_sum end
            as numerator_value,
        case
            when c.denominator_count > 0 and s.denominator_present = c.denominator_count
                then s.denominator_sum
        end as denominator_value,
        c.denominator_count,
        s.numerator_bound,
        s.denominator_bound,
        s.is_confidential,
        s.is_provisional,
        s.is_estimated,
        s.missing_parts,
        i.scale,
        i.change_years,
        i.change_kind
    from sides as s
    inner join term_counts as c
        on s.indicator_id = c.indicator_id
    inner join {{ source('registry', 'indicators') }} as i
        on s.indicator_id = i.indicator_id
    -- Where nothing was ever observed of the numerator there is no figure to be missing.
    where s.numerator_rows > 0

),

ratios as (

    select
        *,
        case
            when denominator_count = 0 then scale * numerator_value
            when denominator_value <> 0 then scale * numerator_value / denominator_value
        end as ratio,
        case
            when denominator_count = 0 then scale * numerator_bound
            when denominator_value <> 0
                then
                    scale * (
                        numerator_bound / abs(denominator_value)
                        + abs(numerator_value) * denominator_bound
                        / (denominator_value * denominator_value)
                    )
        end as ratio_bound,
        -- Where nothing divides, nothing is missing: the ratio has no meaning there.
        denominator_count > 0 and numerator_value is not null and denominator_value = 0
            as is_undefined
    from levels

),

-- A change needs both ends and no break of the series after the first of them.
changes as (

    select
        t.*,
        b.ratio as base_ratio,
        b.is_provisional as base_is_provisional,
        b.is_estimated as base_is_estimated,
        coalesce(b.missing_parts, t.missing_parts) as both_missing_parts,
        exists (
            select 1
            from breaks as k
            where
                k.indicator_id = t.indicator_id
                and k.break_year > t.data_year - t.change_years
                and k.break_year <= t.data_year
        ) as breaks_between
    from ratios as t
    left join ratios as b
        on
            t.indicator_id = b.indicator_id
            and t.territory_level = b.territory_level
            and t.territory_code = b.territory_code
            and t.data_year - t.change_years = b.data_year
    where t.change_years is not null

),

figures as (

    select
        indicator_id,
        territory_level,
        territory_code,
        data_year,
        ratio as value,
        is_confidential,
        is_provisional,
        is_estimated,
        is_undefined,
        numerator_value,
        denominator_value,
        missing_parts,
        ratio_bound as rounding_bound,
        exists (
            select 1
            from breaks as k
            where k.indicator_id = ratios.indicator_id and k.break_year = ratios.data_year
        ) as has_break
    from ratios
    where change_years is null

    union all

    select
        indicator_id,
        territory_level,
        territory_code,
        data_year,
        case
            when breaks_between then null
            when change_kind = 'points' then ratio - base_ratio
            when base_ratio > 0 and change_kind = 'pct' then 100 * (ratio / base_ratio - 1)
            when base_ratio > 0 and ratio > 0 and change_kind = 'annual_pct'
                then 100 * (power(ratio / base_ratio, 1.0 / change_years) - 1)
        end as value,
        is_confidential,
        is_provisional or coalesce(base_is_provisional, false) as is_provisional,
        is_estimated or coalesce(base_is_estimated, false) as is_estimated,
        breaks_between or is_undefined as is_undefined,
        ratio as numerator_value,
        base_ratio as denominator_value,
        both_missing_parts as missing_parts,
        cast(null as double) as rounding_bound,
        breaks_between as has_break
    from changes

)

select
    indicator_id,
    territory_level,
    territory_code,
    data_year,
    value,
    case
        when value is null and is_undefined then 'not_applicable'
        when value is null and is_confidential then 'confidential'
        when value is null then 'not_available'
        when is_provisional then 'provisional'
        when is_estimated then 'estimated'
        else 'observed'
    end as value_status,
    numerator_value,
    denominator_value,
    missing_parts,
    rounding_bound,
    has_break
from figures
