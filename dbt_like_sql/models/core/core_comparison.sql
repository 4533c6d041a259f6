with indicators as (

    select * from {{ source('registry', 'indicators') }}

),

regions as (

    select * from {{ source('registry', 'regions') }}

),

-- A figure is compared by its first ten digits, nine decimals at most and units at least, so that
-- the order in which a sum was made decides no rank (`index/ties.py` says the same for scores).
digits as (

    select
        *,
        power(10, greatest(9 - floor(log10(greatest(abs(value), 1))), 0)) as compared_steps
    from {{ ref('core_indicators') }}
    where territory_level in ('region', 'national')

),

figures as (

    select
        *,
        sign(value) * floor(abs(value) * compared_steps + 0.5) / compared_steps as compared_value
    from digits

),

region_figures as (

    select f.*, i.max_age_years
    from figures as f
    inner join indicators as i
        on f.indicator_id = i.indicator_id
    inner join regions as r
        on f.territory_code = r.region_code
    where
        f.territory_level = 'region'
        and f.data_year <= {{ var('edition_year') }}
        and f.data_year >= {{ var('edition_year') }} - i.max_age_years

),

-- One data year an indicator and edition, so that a rank never mixes years: the newest year in
-- which every region has a figure, or else the newest in which any has.
years as (

    select
        indicator_id,
        data_year,
        count(value) as present_count,
        count(value) = (select count(*) from regions) as is_full
    from region_figures
    group by indicator_id, data_year

),

chosen as (

    select
        indicator_id,
        coalesce(
            max(data_year) filter (where is_full),
            max(data_year) filter (where present_count > 0),
            max(data_year)
        ) as data_year
    from years
    group by indicator_id

),

placed as (

    select
        i.*,
        r.region_code,
        r.region_name,
        d.axis_id,
        d.domain_label,
        c.data_year,
        f.value,
        f.compared_value,
        case
            when f.value_status is not null then f.value_status
            else 'not_available'
        end as value_status,
        f.missing_parts,
        f.rounding_bound,
        coalesce(f.has_break, false) as has_break,
        f.indicator_id is not null as has_figure,
        n.value as france_value,
        n.compared_value as france_compared
    from indicators as i
    cross join regions as r
    inner join {{ source('registry', 'domains') }} as d
        on i.domain_id = d.domain_id
    left join chosen as c
        on i.indicator_id = c.indicator_id
    left join region_figures as f
        on
            i.indicator_id = f.indicator_id
            and r.region_code = f.territory_code
            and c.data_year = f.data_year
    left join figures as n
        on
            i.indicator_id = n.indicator_id
            and n.territory_level = 'national'
            and i.reference_perimeter = n.territory_code
            and c.data_year = n.data_year

),

ranked as (

    select
        *,
        count(value) over (partition by indicator_id) as region_count,
        rank() over (partition by indicator_id order by compared_value desc nulls last)
            as value_rank,
        rank() over (partition by indicator_id order by direction * compared_value desc nulls last)
            as oriented_rank
    from placed

)

select
    cast({{ var('edition_year') }} as integer) as year,
    region_code,
    region_name,
    axis_id,
    domain_id,
    domain_label,
    indicator_id,
    indicator_label,
    indicator_order,
    unit,
    nature,
    direction,
    value,
    value_status,
    data_year,
    coalesce(data_year < {{ var('edition_year') }}, false) as is_stale,
    case
        when value is not null then null
        when data_year is null
            then
                'aucune donnée entre '
                || cast({{ var('edition_year') }} - max_age_years as varchar)
                || ' et '
                || cast({{ var('edition_year') }} as varchar)
        when value_status = 'confidential' then 'secret statistique'
        when value_status = 'not_applicable' and has_break then 'rupture de série entre les années comparées'
        when value_status = 'not_applicable' then 'dénominateur nul'
        when missing_parts is not null then 'somme incomplète, il manque : ' || missing_parts
        when has_figure then 'non disponible chez le producteur pour ' || cast(data_year as varchar)
        else 'non publié pour cette région en ' || cast(data_year as varchar)
    end as reason_fr,
    missing_parts,
    rounding_bound,
    has_break,
    france_value,
    case when france_value is not null then reference_perimeter end as reference_perimeter,
    case when nature = 'stock' and france_value > 0 then 100 * value / france_value end
        as share_of_france_pct,
    case when compared_value = france_compared then 0 else value - france_value end as gap,
    case when value is not null then cast(value_rank as integer) end as rank,
    cast(region_count as integer) as rank_of,
    case when value is not null and direction <> 0 then cast(oriented_rank as integer) end
        as fragility_rank,
    case when direction <> 0 then direction * (compared_value - france_compared) > 0 end
        as is_worse_than_france,
    case
        when value is not null and direction <> 0
            then oriented_rank <= ceil(region_count / 4.0)
    end as is_in_worst_quarter
from ranked
