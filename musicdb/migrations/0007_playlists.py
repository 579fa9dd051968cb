"""Add playlists, and let the roles work with them."""

import django.core.validators
import django.db.models.deletion
import musicdb.models.fields
import musicdb.models.history
import musicdb.models.name_keys
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from musicdb.db.roles import CURATOR, EDITOR, grant, revoke

ALL = ['add', 'change', 'delete', 'view']
WORK = {'playlist': ALL, 'playlistentry': ALL, 'playlistalias': ALL}
GRANTS = {EDITOR: WORK, CURATOR: {**WORK, 'playlist': [*ALL, 'merge']}}


class Migration(migrations.Migration):

    dependencies = [
        ('musicdb', '0006_saved_filters_as_readers_see_them'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Playlist',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_key', musicdb.models.name_keys.NameKeyField(derived_from='name', editable=False, max_length=900, serialize=False)),
                ('search_key', musicdb.models.name_keys.SearchKeyField(blank=True, derived_from='name', editable=False, max_length=2000, serialize=False)),
                ('sort_key', musicdb.models.name_keys.SortKeyField(blank=True, derived_from='name', editable=False, max_length=500, serialize=False)),
                ('slug', models.SlugField(blank=True, help_text="The last part of the page's address. If blank, it is made from the name. It never changes.", max_length=100, unique=True, validators=[django.core.validators.RegexValidator('\\A[a-z0-9]+(?:-[a-z0-9]+)*\\Z', 'An address part has small Latin letters, digits and single hyphens between them.')], verbose_name='address')),
                ('name', musicdb.models.fields.NameField(max_length=300)),
                ('description', models.TextField(blank=True, help_text='Shown at the top of the playlist’s page.')),
                ('visibility', models.CharField(choices=[('automatic', 'automatic'), ('shown', 'shown'), ('hidden', 'hidden')], default='automatic', help_text='Whether the playlist has a page. “Automatic” means that it has one.', max_length=9)),
                ('source', models.CharField(blank=True, help_text='The file or the web address that the playlist comes from. Not public.', max_length=500)),
                ('rule', models.CharField(blank=True, editable=False, max_length=2000, null=True)),
            ],
            options={
                'ordering': ['sort_key', 'pk'],
                'permissions': [('merge_playlist', 'Can merge playlists')],
            },
        ),
        migrations.AddField(
            model_name='historicaltrack',
            name='playlists',
            field=models.JSONField(null=True),
        ),
        migrations.CreateModel(
            name='PlaylistEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('added_at', models.DateTimeField(blank=True, null=True)),
                ('added_by', models.CharField(blank=True, max_length=200)),
                ('playlist', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='musicdb.playlist')),
                ('track', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='playlist_entries', to='musicdb.track')),
            ],
            options={
                'verbose_name': 'entry of a playlist',
                'verbose_name_plural': 'entries of playlists',
                'ordering': ['position'],
            },
        ),
        migrations.AddField(
            model_name='playlist',
            name='tracks',
            field=models.ManyToManyField(related_name='playlists', through='musicdb.PlaylistEntry', to='musicdb.track'),
        ),
        migrations.CreateModel(
            name='HistoricalPlaylist',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID')),
                ('change_type', models.CharField(choices=[('edit', 'edit'), ('action', 'list action'), ('import', 'import'), ('undo', 'undo of an import'), ('merge', 'merge'), ('deletion', 'deletion'), ('revert', 'revert'), ('restore', 'restored'), ('baseline', 'before the first recorded change'), ('program', 'by a program')], max_length=8)),
                ('aliases', models.JSONField(default=list, encoder=musicdb.models.history.UnescapedEncoder, verbose_name='aliases')),
                ('tracks', models.JSONField(default=list, encoder=musicdb.models.history.UnescapedEncoder, verbose_name='tracks')),
                ('slug', models.SlugField(blank=True, db_index=False, help_text="The last part of the page's address. If blank, it is made from the name. It never changes.", max_length=100, validators=[django.core.validators.RegexValidator('\\A[a-z0-9]+(?:-[a-z0-9]+)*\\Z', 'An address part has small Latin letters, digits and single hyphens between them.')], verbose_name='address')),
                ('name', musicdb.models.fields.NameField(max_length=300)),
                ('description', models.TextField(blank=True, help_text='Shown at the top of the playlist’s page.')),
                ('visibility', models.CharField(choices=[('automatic', 'automatic'), ('shown', 'shown'), ('hidden', 'hidden')], default='automatic', help_text='Whether the playlist has a page. “Automatic” means that it has one.', max_length=9)),
                ('source', models.CharField(blank=True, help_text='The file or the web address that the playlist comes from. Not public.', max_length=500)),
                ('rule', models.CharField(blank=True, editable=False, max_length=2000, null=True)),
                ('history_change_reason', models.TextField(blank=True, default='')),
                ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source_import', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='musicdb.import')),
            ],
            options={
                'verbose_name': 'historical playlist',
                'verbose_name_plural': 'historical playlists',
                'ordering': ['-history_id'],
                'get_latest_by': ('history_date', 'history_id'),
                'default_permissions': (),
                'indexes': [models.Index(fields=['id', 'history_id'], name='playlist_version'), models.Index(condition=models.Q(('history_type', '-')), fields=['id'], name='playlist_deleted')],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='PlaylistAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_key', musicdb.models.name_keys.NameKeyField(derived_from='name', editable=False, max_length=900, serialize=False)),
                ('search_key', musicdb.models.name_keys.SearchKeyField(blank=True, derived_from='name', editable=False, max_length=2000, serialize=False)),
                ('sort_key', musicdb.models.name_keys.SortKeyField(blank=True, derived_from='name', editable=False, max_length=500, serialize=False)),
                ('name', musicdb.models.fields.NameField(max_length=300, verbose_name='alias')),
                ('slug', models.SlugField(blank=True, editable=False, max_length=100, null=True, unique=True, validators=[django.core.validators.RegexValidator('\\A[a-z0-9]+(?:-[a-z0-9]+)*\\Z', 'An address part has small Latin letters, digits and single hyphens between them.')], verbose_name='former address')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='musicdb.playlist')),
            ],
            options={
                'verbose_name': 'alias of a playlist',
                'verbose_name_plural': 'aliases of playlists',
                'ordering': ['sort_key', 'pk'],
                'abstract': False,
                'indexes': [models.Index(fields=['search_key', 'target'], name='playlistalias_search_key')],
                'constraints': [models.UniqueConstraint(fields=('name_key',), name='playlistalias_name_unique', violation_error_message='This is already an alias of a playlist.'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='playlistalias_name_not_empty')],
            },
        ),
        migrations.AddConstraint(
            model_name='playlistentry',
            constraint=models.UniqueConstraint(fields=('playlist', 'position'), name='playlist_entry_order'),
        ),
        migrations.AddIndex(
            model_name='playlist',
            index=models.Index(fields=['sort_key', 'id', 'search_key'], name='playlist_list'),
        ),
        migrations.AddConstraint(
            model_name='playlist',
            constraint=models.UniqueConstraint(fields=('name_key',), name='playlist_name_unique', violation_error_message='There is a playlist of that name.'),
        ),
        migrations.AddConstraint(
            model_name='playlist',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='playlist_name_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='playlist',
            constraint=models.CheckConstraint(condition=models.Q(('slug', ''), _negated=True), name='playlist_slug_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='playlist',
            constraint=models.CheckConstraint(condition=models.Q(('rule', ''), _negated=True), name='playlist_rule_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='playlist',
            constraint=models.CheckConstraint(condition=models.Q(('visibility__in', ['automatic', 'shown', 'hidden'])), name='playlist_visibility_known'),
        ),
        migrations.RunPython(grant('musicdb', GRANTS), revoke('musicdb', GRANTS)),
    ]
