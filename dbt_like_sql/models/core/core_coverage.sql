with comparison as (

    select
        c.*,
        i.has_goalpost
    from {{ ref('core_comparison') }} as c
    inner join {{ source('registry', 'indicators') }} as i
        on c.indicator_id = i.indicator_id

),

domains as (

    select
        d.domain_id,
        d.domain_label,
        d.domain_order,
        d.axis_id,
        r.region_code,
        r.region_name
    from {{ source('registry', 'domains') }} as d
    cross join {{ source('registry', 'regions') }} as r

)

select
    cast({{ var('edition_year') }} as integer) as year,
    d.region_code,
    d.region_name,
    d.axis_id,
    d.domain_id,
    d.domain_label,
    d.domain_order,
    cast(count(c.indicator_id) as integer) as indicator_count,
    cast(count(c.value) as integer) as available_count,
    cast(
        count(*) filter (
            where c.value is not null
            and c.france_value is not null
            and c.direction <> 0
            and c.has_goalpost
        ) as integer
    ) as scored_count,
    cast(min(c.data_year) filter (where c.value is not null) as integer) as oldest_data_year,
    cast(max(c.data_year) filter (where c.value is not null) as integer) as newest_data_year
from domains as d
left join comparison as c
    on d.domain_id = c.domain_id and d.region_code = c.region_code
group by
    d.region_code,
    d.region_name,
    d.axis_id,
    d.domain_id,
    d.domain_label,
    d.domain_order
