with territories as (

    select * from {{ source('registry', 'territories') }}

),

level_sizes as (

    select
        territory_level,
        count(*) as unit_count
    from territories
    group by territory_level

),

figures as (

    select
        f.*,
        i.max_age_years
    from {{ ref('core_indicators') }} as f
    inner join {{ source('registry', 'indicators') }} as i
        on f.indicator_id = i.indicator_id
    inner join territories as t
        on f.territory_level = t.territory_level and f.territory_code = t.territory_code
    where
        f.data_year <= {{ var('edition_year') }}
        and f.data_year >= {{ var('edition_year') }} - i.max_age_years

),

-- One data year an indicator, level and edition, as for the regions: the newest in which every
-- territory of the level has a figure, or else the newest in which any has. An indicator without
-- a figure at a level has no row there.
years as (

    select
        f.indicator_id,
        f.territory_level,
        f.data_year,
        count(f.value) = max(s.unit_count) as is_full
    from figures as f
    inner join level_sizes as s
        on f.territory_level = s.territory_level
    group by f.indicator_id, f.territory_level, f.data_year
    having count(f.value) > 0

),

chosen as (

    select
        indicator_id,
        territory_level,
        coalesce(max(data_year) filter (where is_full), max(data_year)) as data_year
    from years
    group by indicator_id, territory_level

)

select
    cast({{ var('edition_year') }} as integer) as year,
    t.territory_level,
    t.territory_code,
    t.territory_name,
    t.region_code,
    d.axis_id,
    i.domain_id,
    i.indicator_id,
    i.indicator_label,
    i.indicator_order,
    i.unit,
    i.nature,
    i.direction,
    f.value,
    coalesce(f.value_status, 'not_available') as value_status,
    c.data_year,
    c.data_year < {{ var('edition_year') }} as is_stale,
    case
        when f.value is not null then null
        when f.value_status = 'confidential' then 'secret statistique'
        when f.value_status = 'not_applicable' and f.has_break then 'rupture de série entre les années comparées'
        when f.value_status = 'not_applicable' then 'dénominateur nul'
        when f.missing_parts is not null then 'somme incomplète, il manque : ' || f.missing_parts
        when f.indicator_id is not null then 'non disponible chez le producteur pour ' || cast(c.data_year as varchar)
        else 'non publié pour ce territoire en ' || cast(c.data_year as varchar)
    end as reason_fr,
    coalesce(f.has_break, false) as has_break,
    n.value as france_value,
    case when n.value is not null then i.reference_perimeter end as reference_perimeter
from chosen as c
inner join {{ source('registry', 'indicators') }} as i
    on c.indicator_id = i.indicator_id
inner join {{ source('registry', 'domains') }} as d
    on i.domain_id = d.domain_id
inner join territories as t
    on c.territory_level = t.territory_level
left join figures as f
    on
        c.indicator_id = f.indicator_id
        and c.data_year = f.data_year
        and t.territory_level = f.territory_level
        and t.territory_code = f.territory_code
left join {{ ref('core_indicators') }} as n
    on
        c.indicator_id = n.indicator_id
        and c.data_year = n.data_year
        and n.territory_level = 'national'
        and i.reference_perimeter = n.territory_code
