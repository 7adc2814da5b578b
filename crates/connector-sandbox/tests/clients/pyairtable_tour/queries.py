"""Lists: paged, sorted, filtered, shown as text."""

from datetime import date, datetime, timedelta, timezone

from pyairtable import formulas as fo

from tour import api, fresh_table, ids, refused, step, texts


@step
def lists_are_paged_limited_sorted_and_narrowed():
    with fresh_table() as table:
        created = table.batch_create(
            [{"text": f"Record {index:02}", "number": index % 7, "notes": "n"} for index in range(40)]
        )
        pages = list(table.iterate(page_size=10, max_records=25))
        assert [len(page) for page in pages] == [10, 10, 5]
        assert len({record["id"] for page in pages for record in page}) == 25
        assert [len(page) for page in table.iterate(page_size=20)] == [20, 20]
        assert sorted(ids(table.all(page_size=7))) == sorted(ids(created))
        assert len(table.all(max_records=3)) == 3

        assert texts(table.all(sort=["text"])) == texts(created)
        assert texts(table.all(sort=["-text"], page_size=9)) == texts(created)[::-1]
        both = table.all(sort=["-number", "text"])
        expected = sorted(created, key=lambda record: (-record["fields"]["number"], record["fields"]["text"]))
        assert ids(both) == ids(expected)
        assert set(table.first(fields=["number"])["fields"]) <= {"number"}
        number = table.schema().field("number").id
        assert set(table.first(fields=[number, "text"])["fields"]) == {"number", "text"}
        assert len(table.all(view="Grid view")) == 40
        assert len(table.all(view=table.schema().views[0].id)) == 40
        assert table.first(formula="FALSE()") is None


@step
def every_option_of_a_list_works_in_the_url_and_in_the_body():
    with fresh_table() as table:
        record = table.create({"text": "abracadabra"})
        by_id = {**record, "fields": {table.schema().field("text").id: "abracadabra"}}
        long = f"text != '{'x' * 17000}'"
        for formula in ({}, {"formula": long}):
            for options in (
                {"view": "Grid view"},
                {"max_records": 1},
                {"page_size": 1},
                {"offset": ""},
                {"fields": ["text", "number"]},
                {"cell_format": "json"},
                {"sort": ["text", "-number"]},
                {"time_zone": "utc"},
                {"user_locale": "en-ie"},
                {"cell_format": "string", "time_zone": "Europe/Paris", "user_locale": "fr"},
            ):
                assert table.all(**formula, **options) == [record], options
            assert table.all(**formula, use_field_ids=True) == [by_id]


@step
def string_cells_are_written_for_a_zone():
    with fresh_table() as table:
        record = table.create(
            {
                "text": "x",
                "number": 1.5,
                "boolean": True,
                "datetime": "2024-05-01T22:30:00.000Z",
                "tags": ["hot", "big"],
                "amount": 1250,
            }
        )
        options = {"cell_format": "string", "time_zone": "Europe/Paris", "user_locale": "en-gb"}
        cells = table.get(record["id"], **options)["fields"]
        assert all(isinstance(cell, str) for cell in cells.values()), cells
        assert cells["number"] == "1.50" and cells["tags"] == "hot, big" and "1,250.00" in cells["amount"]
        assert cells["datetime"].startswith("2024-05-02"), cells
        assert table.all(**options)[0]["fields"] == cells
        with refused(422):
            table.all(cell_format="string")


@step
def formulas_match_quotes_numbers_and_dates():
    with fresh_table() as table:
        now = datetime.now(timezone.utc)
        stamp = now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03}Z"
        values = [
            {"text": "Contact's Name", "number": 12345},
            {"text": 'Some "Quote"', "boolean": True},
            {"text": "back\\slash", "number": 0},
            {"text": "late", "datetime": stamp, "day": "2024-05-01"},
            {"text": "tagged", "tags": ["hot", "big"], "stage": "Won"},
        ]
        created = table.batch_create(values)

        def found(formula):
            return texts(table.all(formula=formula, sort=["text"]))

        for value in values:
            assert found(fo.match({"text": value["text"]})) == [value["text"]], value
        assert found(fo.match({"text": "Contact's Name", "number": 12345})) == ["Contact's Name"]
        assert found(fo.match({"text": "Contact's Name", "number": 1})) == []
        assert found(fo.match({"text": "Contact's Name", "number": 1}, match_any=True)) == ["Contact's Name"]
        assert found(fo.match({"boolean": True})) == ['Some "Quote"']
        assert found(fo.match({"datetime": now})) == ["late"]
        assert found(fo.FIND(stamp[:10], fo.Field("datetime"))) == ["late"]
        assert found(fo.match({"day": date(2024, 5, 1)})) == ["late"]
        assert found(fo.IS_AFTER(fo.Field("datetime"), now - timedelta(seconds=1))) == ["late"]
        assert found(fo.IS_AFTER(fo.Field("datetime"), now + timedelta(seconds=1))) == []
        assert found("AND({stage}='Won', {tags}='hot, big')") == ["tagged"]
        assert found("NOT({stage}='')") == ["tagged"]
        assert found("{number} > 100") == ["Contact's Name"]
        assert found("REGEX_MATCH({text}, '^[a-z]+$')") == ["late", "tagged"]
        assert found("LOWER(LEFT({text}, 4)) & '!' = 'some!'") == ['Some "Quote"']
        assert len(found("IS_AFTER(LAST_MODIFIED_TIME(), '2020-01-01')")) == 5
        assert found(f"{{{table.schema().field('text').id}}}='late'") == ["late"]
        assert ids(table.all(formula=fo.RECORD_ID().eq(created[1]["id"]))) == [created[1]["id"]]

        for wrong in ("{text", "NOPE()", "1 +", "text == 'a'"):
            with refused(422, "INVALID_FILTER_BY_FORMULA", containing="Please check your formula text."):
                table.all(formula=wrong)
        with refused(422, "INVALID_FILTER_BY_FORMULA", containing="Unknown field names: nowhere"):
            table.all(formula="{Nowhere}=1")


@step
def a_formula_too_long_for_the_url_goes_into_the_body():
    with fresh_table() as table:
        created = table.batch_create([{"text": f"Record {index}"} for index in range(500)])
        formula = fo.OR(fo.RECORD_ID().eq(record["id"]) for record in created[:-1])
        assert len(str(formula)) > api.MAX_URL_LENGTH
        for page_size in (10, 50):
            pages = table.iterate(formula=formula, page_size=page_size)
            first, second = next(pages), next(pages)
            assert len(first) == len(second) == page_size
            assert set(ids(first)).isdisjoint(ids(second))
        for max_records in (10, 50):
            assert len(table.all(formula=formula, max_records=max_records)) == max_records
        pages = list(table.iterate(formula=formula, page_size=10, max_records=25))
        assert [len(page) for page in pages] == [10, 10, 5]
        assert sorted(ids(table.all(formula=formula))) == sorted(ids(created[:-1]))
