with periods as (

    select
        m.*,
        a.annualise,
        substr(m.period, 6) as sub_period
    from {{ ref('core_measures') }} as m
    inner join {{ source('registry', 'annualisations') }} as a
        on m.measure_id = a.measure_id

),

-- Annual figures pass as they are; of the others, the period or periods that make the year.
used as (

    select
        *,
        case
            when sub_period = '' or annualise <> 'mean' then 1
            when sub_period like 'T%' then 4
            else 12
        end as periods_expected
    from periods
    where sub_period = '' or annualise = 'mean' or sub_period = annualise

),

years as (

    select
        measure_id,
        annualise,
        territory_level,
        territory_code,
        data_year,
        count(value) = max(periods_expected) as is_complete,
        avg(value) as mean_value,
        avg(rounding_bound) as mean_bound,
        bool_or(value_status = 'confidential') as is_confidential,
        bool_or(value_status = 'provisional') as is_provisional,
        bool_or(value_status = 'estimated') as is_estimated,
        -- The parts missing in the first period that lacks some: the same list as a rule.
        min(missing_parts) as missing_parts
    from used
    group by measure_id, annualise, territory_level, territory_code, data_year

)

select
    measure_id,
    annualise,
    territory_level,
    territory_code,
    data_year,
    case when is_complete then mean_value end as value,
    case
        when not is_complete and is_confidential then 'confidential'
        when not is_complete then 'not_available'
        when is_provisional then 'provisional'
        when is_estimated then 'estimated'
        else 'observed'
    end as value_status,
    missing_parts,
    case when is_complete then mean_bound end as rounding_bound
from years
